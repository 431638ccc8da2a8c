// Two minutes before the kept time ends, offer a quarter of an hour more without losing what is typed.

const dialog = document.getElementById("hold-ending");
const WARN_MS = 2 * 60_000;
let timer = 0;

const arm = (ends) => {
  clearTimeout(timer);
  const wait = new Date(ends).getTime() - Date.now() - WARN_MS;
  if (wait > 0) timer = setTimeout(() => dialog.showModal(), Math.min(wait, 2 ** 31 - 1));
};

const extend = async () => {
  const button = document.getElementById("hold-extend");
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(button.dataset.extend, { method: "POST", headers: { "X-CSRFToken": token, Accept: "text/html" } });
  dialog.close();
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("#hold-ending");
  if (!fresh) return;
  document.querySelector(".identity aside .tag").replaceWith(page.querySelector(".identity aside .tag"));
  dispatchEvent(new CustomEvent("medidesk:say", { detail: document.querySelector(".identity aside .tag").textContent }));
  arm(fresh.dataset.ends);
};

document.getElementById("hold-extend").addEventListener("click", extend);
document.getElementById("hold-close").addEventListener("click", () => dialog.close());
arm(dialog.dataset.ends);
