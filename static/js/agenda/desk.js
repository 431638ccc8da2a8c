// The agenda's page: keys, tabs on phones, where the day stands. Everything here has a link or a button that does the same.
import { act } from "./asking.js";
import { complain, isOpen, keepEarly, told } from "./dialogs.js";
import { keepTrue } from "./refresh.js";

const KEYS = { a: "arrived", c: "in_consultation", v: "completed", x: "no_show" };
const help = document.getElementById("help-dialog");

const press = (selector) => document.querySelector(selector)?.click();

async function setStatus(visit, status) {
  const answer = await act(`${visit.querySelector("a").getAttribute("href")}/statut`, { statut: status }).catch(() => ({}));
  if (answer.status === 200) told(answer.json); else complain(answer.json?.message);
}

// Up and down go from one visit of the column to the next.
function walk(visit, by) {
  const all = [...visit.parentElement.querySelectorAll(".visit, .free")];
  all[all.indexOf(visit) + by]?.querySelector("a")?.focus();
}

addEventListener("keydown", (event) => {
  if (event.repeat && !event.key.startsWith("Arrow")) return; // a key held down is one act
  if (event.ctrlKey || event.metaKey || event.altKey || isOpen() || event.target.closest("input, textarea, select, details[open]")) return;
  if (keepEarly(event)) { event.preventDefault(); return; }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const item = event.target.closest?.(".visit, .free");
  const done = () => event.preventDefault();
  if (KEYS[key] && item?.matches(".visit")) { done(); setStatus(item, KEYS[key]); }
  else if (item && (key === "ArrowDown" || key === "ArrowUp")) { done(); walk(item, key === "ArrowDown" ? 1 : -1); }
  else if (key === "n" || key === "w") { done(); press(`[data-key="${key}"]`); }
  else if (key === "/") { done(); document.getElementById("search")?.focus(); }
  else if (key === "t") press('[data-go="today"]');
  else if (key === "ArrowLeft") press('[data-go="previous"]');
  else if (key === "ArrowRight") press('[data-go="next"]');
  else if (key === "p") { const sheet = document.querySelector('[data-go="print"]'); if (sheet) location.href = `${sheet.href}#print`; }
  else if (key === "?") { done(); help.showModal(); }
});

document.querySelectorAll(".practitioner-tabs a").forEach((tab) => tab.addEventListener("click", (event) => {
  event.preventDefault();
  show(tab);
}));
function show(tab) {
  const column = document.querySelector(tab.getAttribute("href"));
  column?.parentElement.scrollTo({ left: column.offsetLeft - 44 });
  document.querySelectorAll(".practitioner-tabs a").forEach((one) => one.removeAttribute("aria-current"));
  tab.setAttribute("aria-current", "true");
}
const current = document.querySelector(".practitioner-tabs a[aria-current]");
if (current) show(current);

const line = document.querySelector(".now-line");
const zone = document.querySelector(".agenda-scroll");
if (line && zone) zone.scrollTop = Math.max(0, line.offsetTop - zone.clientHeight * 0.38);

keepTrue();
