// The dialog of the desk: a page of the agenda shown over it. Without scripts the same links lead to the same pages.
import { act, part, say, toast } from "./asking.js";
import { settled, startCall } from "./call.js";
import { refresh } from "./refresh.js";

const dialog = document.getElementById("desk-dialog");
let opener = null; // its address: the link itself may be replaced meanwhile
let endCall = () => {};
let turn = 0; // of what was asked last: an answer to something before it, or to a dialog that was closed, is not shown
let asking = 0; // the turn whose answer is awaited
let early = ""; // what was typed meanwhile

function show(html) {
  if (!dialog.open) { dialog.innerHTML = ""; dialog.showModal(); }
  fill(html);
}

function fill(html) {
  endCall();
  dialog.innerHTML = html;
  const form = dialog.querySelector(".call-form");
  endCall = form ? startCall(form) : () => {};
  (dialog.querySelector("[data-autofocus]") ?? dialog.querySelector("#dialog-title"))?.focus();
  const field = document.activeElement;
  if (early && field.matches("input:not([type=radio], [type=checkbox])")) {
    field.value += early;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  early = "";
}

function forget() {
  turn += 1;
  asking = 0;
  early = "";
}

// Whether the key belongs to a dialog that has not come yet: a caller's name is typed without waiting for it.
export function keepEarly({ key }) {
  if (!asking) return false;
  if (key === "Escape") forget();
  else if (key === "Backspace") early = early.slice(0, -1);
  else if (key.length === 1) early += key;
  return key.length === 1 || key === "Escape" || key === "Backspace" || key === "Enter";
}

export async function open(url, from = null) {
  if (from) opener = from.getAttribute("href");
  forget();
  const mine = asking = turn;
  try {
    const { text } = await part(url, "dialog");
    if (text && mine === turn) show(text);
  } catch {
    if (mine === turn) location.href = url; // as without scripts
  }
  if (mine === turn) asking = 0;
}

export const isOpen = () => document.querySelector("dialog[open]") !== null;

dialog.addEventListener("close", () => {
  if (dialog.open) return; // opened again meanwhile
  forget();
  endCall();
  endCall = () => {};
  dialog.innerHTML = "";
  if (opener) document.querySelector(`main a[href="${CSS.escape(opener)}"], .topbar a[href="${CSS.escape(opener)}"]`)?.focus({ preventScroll: true });
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  open(link.href, link.closest("dialog") ? null : link);
});

// An act is done: say it, offer to take it back, bring the agenda up to date.
export function told({ message, undo, number }) {
  const back = undo && (async () => {
    const answer = await act(undo.url, { fois: undo.times }).catch(() => ({}));
    if (answer.status === 200) { toast(answer.json.message); refresh("all", [String(number)]); } else complain(answer.json?.message);
  });
  toast(message, back);
  refresh("all", [String(number)]);
}

// A refusal is never a toast: it stays until it is read.
export function complain(message = "Le serveur n’a pas répondu. Rien n’est perdu : réessayez.") {
  if (!dialog.open) {
    forget();
    dialog.innerHTML = '<div class="dialog-head"><h2 id="dialog-title" tabindex="-1">Ce n’est pas possible</h2></div><div class="dialog-body"></div><div class="dialog-foot"><button class="btn trailing" type="button" data-close>Fermer</button></div>';
    dialog.showModal();
    dialog.querySelector("[data-close]").focus();
  }
  dialog.querySelector(".refusal")?.remove();
  const banner = document.createElement("p");
  banner.className = "banner danger refusal";
  banner.setAttribute("role", "alert");
  banner.textContent = message;
  dialog.querySelector(".dialog-body")?.prepend(banner);
  say(message);
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-act]");
  if (!form) return;
  event.preventDefault();
  const button = event.submitter;
  if (button?.getAttribute("aria-busy") === "true") return;
  button?.setAttribute("aria-busy", "true");
  const fields = new FormData(form, button); // as they are now, whatever a slow answer brings into the form meanwhile
  try {
    if (settled.has(form)) fields.set("garde", await settled.get(form)());
    const answer = await act(button?.getAttribute("formaction") || form.action, fields);
    const isShown = form.isConnected;
    if (answer.json && answer.status < 300) { form.dataset.handedOn = "1"; if (dialog.contains(form)) dialog.close(); told(answer.json); }
    else if (answer.json) complain(answer.json.message);
    else if (answer.html && (isShown || !dialog.open)) { form.dataset.handedOn = "1"; show(answer.html); }
  } catch {
    complain();
  }
  button?.removeAttribute("aria-busy");
});
