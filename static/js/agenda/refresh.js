// Keeping the open page true: news arrive, the parts they touch are fetched again and brought in.
import { connect } from "../live.js";
import { part } from "./asking.js";
import { morphBlock, morphItems, morphSections, swap } from "./morph.js";

const TOGETHER_MS = 60; // news that arrive together are fetched together
const RETRY_MS = 5_000;
const NONE = "-";

const main = document.getElementById("main");
const grid = () => document.getElementById("grid");
const shown = { etag: main.dataset.mark ? `"${main.dataset.mark}"` : "", at: new Date() };
let wanted = null; // columns to fetch; null: nothing is planned, "all": everything
let forced = new Set(); // the visits that the reader has acted upon since the last fetch
let planned = 0;
let fetching = false; // one at a time, so that an older answer never comes last

const address = (columns) => {
  const url = new URL(location.href);
  url.hash = "";
  if (columns !== "all") (columns.size ? columns : new Set([NONE])).forEach((key) => url.searchParams.append("colonne", key));
  return url;
};

// Fetch again: some columns by key, or all of them. `own` are the visits that the reader has just acted upon.
export function refresh(columns = "all", own = []) {
  if (columns === "all" || wanted === "all") wanted = "all";
  else wanted = new Set([...(wanted ?? []), ...columns]);
  own.forEach((id) => forced.add(id));
  if (own.length) fetchParts();
  else planned ||= setTimeout(fetchParts, TOGETHER_MS); // what comes meanwhile puts it off no further
}

async function fetchParts() {
  clearTimeout(planned);
  planned = 0;
  if (fetching || wanted === null) return;
  const columns = wanted;
  const own = [...forced];
  wanted = null;
  forced = new Set();
  fetching = true;
  try {
    // What the reader acted upon may be known already and wait for the focus to leave it: "unchanged" would leave it waiting.
    const known = columns === "all" && !own.length ? shown.etag : "";
    const { text, etag } = await part(address(columns), "grid", known);
    shown.at = new Date();
    if (navigator.onLine) back();
    if (text) bring(new DOMParser().parseFromString(text, "text/html"), columns, own);
    if (columns === "all") shown.etag = etag; // only once it is shown
  } catch {
    setTimeout(() => refresh(columns, own), RETRY_MS);
  }
  fetching = false;
  fetchParts();
}

function bring(page, columns, own) {
  const fresh = page.getElementById("grid");
  if (fresh.dataset.frame !== grid().dataset.frame) {
    if (columns !== "all") { shown.etag = ""; refresh("all", own); return; }
    swap(grid(), document.importNode(fresh, true));
  } else {
    fresh.querySelectorAll(".column").forEach((column) => {
      const here = document.getElementById(column.id);
      morphBlock(here.querySelector(".column-head"), column.querySelector(".column-head"));
      morphItems(here.querySelector(".column-list"), column.querySelector(".column-list"), own);
    });
    bringNow(fresh);
  }
  bringFilters(page.getElementById("filters"));
  const side = document.getElementById("side");
  morphSections(side, page.getElementById("side"), own.length > 0);
  bringCounts(page.getElementById("side").dataset);
}

// The line of now is under nobody's pointer.
function bringNow(fresh) {
  for (const name of ["now-time", "now-line"]) {
    const here = grid().querySelector(`.${name}`);
    const there = fresh.querySelector(`.${name}`);
    if (here && there) { here.className = there.className; here.textContent = there.textContent; }
    else if (here) here.remove();
    else if (there) (name === "now-line" ? grid() : grid().querySelector(".hours")).append(document.importNode(there, true));
  }
}

// The boxes stay as they were ticked: only the figures change, and sources come and go.
function bringFilters(fresh) {
  const filters = document.getElementById("filters");
  const kept = new Map([...filters.querySelectorAll(".filter")].map((one) => [one.dataset.id, one]));
  let before = filters.querySelector(".filters-title");
  for (const one of fresh.querySelectorAll(".filter")) {
    const here = kept.get(one.dataset.id);
    kept.delete(one.dataset.id);
    if (here) here.querySelector(".filter-count").textContent = one.querySelector(".filter-count").textContent;
    const now = here ?? document.importNode(one, true);
    if (!here) before.after(now);
    before = now;
  }
  kept.forEach((gone) => gone.remove());
  const toggle = filters.querySelector(".cancelled-toggle");
  const there = fresh.querySelector(".cancelled-toggle");
  if (toggle && there) { toggle.textContent = there.textContent; toggle.href = there.getAttribute("href"); }
  else if (there) filters.append(document.importNode(there, true));
  else toggle?.remove();
}

// The figures of the rail and the bottom bar.
function bringCounts({ waiting, tasks }) {
  for (const [path, count] of [["/agenda/attente", waiting], ["/agenda/a-traiter", tasks]]) {
    document.querySelectorAll(`.rail a[href$="${path}"], .bottom-bar a[href$="${path}"]`).forEach((link) => {
      let badge = link.querySelector(".count");
      if (!Number(count)) { badge?.remove(); return; }
      if (!badge) { badge = document.createElement("span"); badge.className = "count"; link.append(badge); }
      badge.innerHTML = `<span class="sr-only">: </span>${Number(count)}`;
    });
  }
}

function hear({ kind, practitioner, day }) {
  if (kind === "refetch") { refresh("all"); return; }
  const key = practitioner && day ? `${practitioner}-${day.replaceAll("-", "")}` : NONE;
  refresh(new Set(document.getElementById(`c-${key}`) ? [key] : [NONE]));
}

const stale = document.getElementById("stale");
const lost = () => {
  const at = `${shown.at.getHours()}\u00a0h\u00a0${String(shown.at.getMinutes()).padStart(2, "0")}`;
  stale.querySelector("span").textContent = `Connexion perdue. L’agenda affiché date de ${at}.`;
  stale.hidden = false;
  dispatchEvent(new CustomEvent("medidesk:say", { detail: stale.textContent }));
};
function back() {
  if (stale.hidden) return;
  stale.hidden = true;
  dispatchEvent(new CustomEvent("medidesk:say", { detail: "Connexion rétablie." }));
}

// Listen, and every minute bring the waits and the line of now up to date.
export function keepTrue() {
  const poll = { toString: () => `${main.dataset.poll}&marque=${encodeURIComponent(shown.etag.replace(/^W\/|"/g, ""))}` };
  connect(main.dataset.stream, main.dataset.ticket, hear, { pollUrl: poll, onLost: lost, onBack: () => refresh("all") });
  addEventListener("online", () => refresh("all"));
  const tick = () => { refresh("all"); setTimeout(tick, 60_000 - (Date.now() % 60_000) + 500); };
  setTimeout(tick, 60_000 - (Date.now() % 60_000) + 500);
}
