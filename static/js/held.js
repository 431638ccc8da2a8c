// Two minutes before the kept time ends, offer a quarter of an hour more without losing what is typed.
// The seconds left are the server's: clocks of telephones are wrong by minutes.

const dialog = document.getElementById("hold-ending");
const WARN_SECONDS = 2 * 60;
let timer = 0;

const arm = (secondsLeft) => {
  clearTimeout(timer);
  const wait = secondsLeft - WARN_SECONDS;
  if (wait > 0) timer = setTimeout(() => dialog.showModal(), wait * 1_000);
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
  arm(Number(fresh.dataset.secondsLeft));
};

document.getElementById("hold-extend").addEventListener("click", extend);
document.getElementById("hold-close").addEventListener("click", () => dialog.close());
arm(Number(dialog.dataset.secondsLeft));
