// Booking a caller without the mouse: the search answers as one types, Enter goes on, the proposed time is held while it is said.
import { act, part, say } from "./asking.js";

const SEARCH_MS = 120;
const HOLD_MS = 400;

export const settled = new WeakMap(); // form -> waits until the time being kept for it is kept, and says under which id

export function startCall(form) {
  const field = (name) => form.elements[name];
  const matches = form.querySelector("#matches");
  const times = form.querySelector("#times");
  const search = form.querySelector("#q-patient");
  const isCall = field("source").value === "phone";
  let searchTimer = 0;
  let holdTimer = 0;
  let searchTurn = 0;
  let timesTurn = 0;
  let answered = search.value; // what the list of patients answers to
  let chosen = false; // somebody was chosen in it, rather than proposed first
  const suggested = {}; // what was taken from the search: it follows the search, what was typed stays
  let ended = false;
  let held = field("garde").value ? { id: field("garde").value, time: checked("horaire")?.value } : null;
  let keeping = Promise.resolve(); // one at a time: each gives back the one before

  function checked(name) { return form.querySelector(`[name="${name}"]:checked`); }
  form.querySelectorAll(".no-script").forEach((button) => button.remove());
  const noSubmit = () => form.querySelectorAll("[data-refresh-times]").forEach((button) => { button.type = "button"; });
  noSubmit();

  /* patient */
  async function find() {
    clearTimeout(searchTimer);
    const mine = ++searchTurn;
    const asked = search.value;
    const { text } = await part(`${form.dataset.search}?q=${encodeURIComponent(asked)}`, "matches");
    if (mine !== searchTurn || ended) return;
    answered = asked;
    bringMatches(text);
    prefill();
    const count = matches.querySelectorAll("label").length - 1;
    if (search.value.trim().length > 1) say(count > 0 ? `${count} patient${count > 1 ? "s" : ""}` : "Aucun patient trouvé");
  }
  // Who was chosen in the list before stays chosen as long as the list has them.
  function bringMatches(text) {
    const before = chosen && checked("patient");
    const hadFocus = matches.contains(document.activeElement);
    matches.innerHTML = text;
    const same = before && [...form.querySelectorAll('[name="patient"]')].find((one) => one.value === before.value);
    if (same) same.checked = true;
    chosen = Boolean(same);
    if (hadFocus) (checked("patient") ?? search).focus();
  }
  function prefill() {
    if (checked("patient")?.value !== "new") return;
    const words = search.value.split(/\s+/).filter((word) => word && !/\d/.test(word));
    const digits = search.value.replace(/\D/g, "");
    const upper = (word) => word.charAt(0).toUpperCase() + word.slice(1);
    suggest("last_name", upper(words[0] ?? ""));
    suggest("first_names", words.slice(1).map(upper).join(" "));
    suggest("phone", /^0\d{9}$/.test(digits) ? digits : "");
    suggest("birth_date", /^\d{8}$/.test(digits) ? `${digits.slice(0, 2)}/${digits.slice(2, 4)}/${digits.slice(4)}` : "");
  }
  function suggest(name, value) {
    const one = field(name);
    if (!one.value || one.value === suggested[name]) one.value = suggested[name] = value;
  }
  function step(by) {
    const all = [...form.querySelectorAll('[name="patient"]')];
    if (!all.length) return;
    const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(checked("patient")) + by))];
    next.checked = chosen = true;
    next.closest("li").scrollIntoView({ block: "nearest" });
    say(next.closest("label").textContent.replace(/\s+/g, " ").trim());
  }
  // Enter goes by the list for what is typed, never by the one before.
  const afterPatient = async () => {
    if (search.value !== answered) await find();
    if (search.value !== answered) return;
    if (checked("patient")?.value !== "new") { (checked("motif") ?? form.querySelector('[name="motif"]'))?.focus(); return; }
    prefill();
    (["last_name", "first_names", "birth_date", "phone"].map(field).find((one) => !one.value) ?? field("phone")).focus();
  };

  /* reason and times */
  async function loadTimes(refusal = "") {
    await giveBack();
    const asked = new URLSearchParams({ source: field("source").value, motif: checked("motif")?.value ?? "" });
    for (const name of ["depuis", "debut", "praticien", "praticien_choisi"]) if (field(name)?.value !== undefined) asked.set(name, field(name).value);
    const mine = ++timesTurn;
    const { text } = await part(`${form.dataset.times}?${asked}`, "times");
    if (mine !== timesTurn || ended) return;
    const fresh = new DOMParser().parseFromString(text, "text/html");
    times.replaceChildren(...fresh.getElementById("times").childNodes);
    form.querySelector("#instruction").replaceChildren(...fresh.getElementById("instruction").childNodes);
    noSubmit();
    if (refusal) refuse(refusal);
    readAloud();
  }
  // The time was somebody else's meanwhile: it is said, and no other one is taken for granted.
  function refuse(message) {
    const hadFocus = document.activeElement === document.body || times.contains(document.activeElement);
    const banner = Object.assign(document.createElement("p"), { className: "banner danger", textContent: message });
    banner.setAttribute("role", "alert");
    times.prepend(banner);
    if (checked("horaire")) checked("horaire").checked = false;
    if (hadFocus) form.querySelector('[name="horaire"]')?.focus();
  }
  function readAloud() {
    if (isCall) form.querySelector("#read-aloud").textContent = checked("horaire")?.dataset.sentence ?? "";
  }
  const toTimes = () => checked("horaire")?.focus();

  /* the hold */
  const toKeep = () => {
    const time = checked("horaire");
    return isCall && !ended && time && held?.time !== time.value && !time.closest("label").querySelector(".tag.warning") ? time : null;
  };
  function hold() {
    clearTimeout(holdTimer);
    if (toKeep()) holdTimer = setTimeout(() => { keeping = keeping.then(keep).catch(() => {}); }, HOLD_MS);
  }
  async function keep() {
    const time = toKeep();
    if (!time) return;
    const answer = await act(form.dataset.keep, { horaire: time.value, motif: checked("motif").value, garde: held?.id ?? "" });
    held = answer.status === 201 ? { id: answer.json.garde, time: time.value } : null;
    field("garde").value = held?.id ?? "";
    if (!ended && (answer.status === 409 || answer.status === 422)) loadTimes(answer.json?.message).catch(() => {});
  }
  settled.set(form, async () => {
    clearTimeout(holdTimer);
    await keeping;
    return field("garde").value;
  });
  async function giveBack() {
    clearTimeout(holdTimer);
    await keeping;
    if (!held) return;
    const { id } = held;
    held = null;
    field("garde").value = "";
    await act(`/agenda/horaires-gardes/${id}/rendre`, {}, { keepalive: true }).catch(() => {});
  }

  const onInput = (event) => {
    if (event.target !== search) return;
    clearTimeout(searchTimer);
    searchTimer = setTimeout(() => find().catch(() => {}), SEARCH_MS);
  };
  const onChange = (event) => {
    const { name } = event.target;
    if (name === "motif" || name === "praticien_choisi" || name === "depuis") {
      const wasDigit = form.dataset.digit === "1";
      delete form.dataset.digit;
      loadTimes().then(() => { if (wasDigit) toTimes(); }).catch(() => {});
    }
    if (name === "horaire") { readAloud(); hold(); }
    if (name === "patient") { chosen = true; prefill(); }
  };
  const onFocus = (event) => { if (event.target.name === "horaire") hold(); };
  const onClick = (event) => { if (event.target.closest("[data-refresh-times]")) loadTimes().catch(() => {}); };
  const onKey = (event) => {
    const { target, key } = event;
    const typing = target.matches('input:not([type="radio"]), select, textarea');
    if (target === search && (key === "ArrowDown" || key === "ArrowUp")) { event.preventDefault(); step(key === "ArrowDown" ? 1 : -1); }
    else if (key === "Enter" && (target === search || target.name === "patient")) { event.preventDefault(); afterPatient().catch(() => {}); }
    else if (key === "Enter" && target.closest(".new-patient")) { event.preventDefault(); (checked("motif") ?? search).focus(); }
    else if (key === "Enter" && target.name === "motif") { event.preventDefault(); toTimes(); }
    else if (/^[1-9]$/.test(key) && !typing && !event.ctrlKey && !event.altKey && !event.metaKey) {
      const reason = form.querySelectorAll('[name="motif"]')[Number(key) - 1];
      if (!reason) return;
      event.preventDefault();
      if (reason.checked) { toTimes(); return; }
      reason.checked = true;
      form.dataset.digit = "1";
      reason.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };
  const onLeave = () => giveBack();

  form.addEventListener("input", onInput);
  form.addEventListener("change", onChange);
  form.addEventListener("focusin", onFocus);
  form.addEventListener("click", onClick);
  form.addEventListener("keydown", onKey);
  addEventListener("pagehide", onLeave);
  return () => {
    if (form.dataset.handedOn === "1") held = null; // the visit has it now, or the form that comes back
    ended = true;
    removeEventListener("pagehide", onLeave);
    giveBack();
  };
}
