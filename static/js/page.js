// Every page: the script class, announcements, one toast at a time, one submit at a time, focus on the error summary.
// Nothing here is needed to use the page. Other scripts speak through two events:
//   window.dispatchEvent(new CustomEvent("medidesk:say", { detail: "text" }))
//   window.dispatchEvent(new CustomEvent("medidesk:toast", { detail: { text, undo } }))   undo: a function, or nothing
const TOAST_MS = 10_000; // at least ten seconds, longer while hovered or focused

document.documentElement.classList.add("js");

const status = document.getElementById("status");
const say = (text) => {
  status.textContent = "";
  setTimeout(() => { status.textContent = text; }, 40); // a change from empty is what screen readers announce
};
addEventListener("medidesk:say", (event) => say(event.detail));

const toast = document.getElementById("toast");
const undo = document.getElementById("toast-undo");
let timer = 0;
const hide = () => { toast.hidden = true; };
const arm = () => {
  clearTimeout(timer);
  timer = setTimeout(() => (toast.matches(":hover, :focus-within") ? arm() : hide()), TOAST_MS);
};
addEventListener("medidesk:toast", ({ detail }) => {
  document.getElementById("toast-text").textContent = detail.text;
  undo.hidden = !detail.undo;
  undo.onclick = () => { hide(); detail.undo(); };
  toast.hidden = false;
  say(detail.text);
  arm();
});
document.getElementById("toast-close").addEventListener("click", hide);
if (!toast.hidden) {
  say(document.getElementById("toast-text").textContent);
  arm();
}

addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.defaultPrevented) return;
  if (button.getAttribute("aria-busy") === "true") event.preventDefault();
  else button.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => document.querySelectorAll("[aria-busy='true']").forEach((node) => node.removeAttribute("aria-busy")));
addEventListener("htmx:after:request", () => document.querySelectorAll("[aria-busy='true']").forEach((node) => node.removeAttribute("aria-busy")));

const focusFirst = () => document.querySelector("[data-autofocus]")?.focus();
focusFirst();
