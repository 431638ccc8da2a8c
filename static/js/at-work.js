// A page about something a worker is doing: fetched again until it is done. Without scripts a link does the same.
const AGAIN_MS = 2_000;
const main = document.getElementById("main");

async function look() {
  let page = null;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok) page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch { /* the next look may succeed */ }
  if (page && !page.getElementById("at-work")) { location.reload(); return; }
  const next = page?.getElementById("at-work");
  if (next && next.textContent !== document.getElementById("at-work").textContent) {
    const shown = main.querySelector(".work-progress");
    const fresh = page.querySelector(".work-progress");
    document.getElementById("at-work").replaceChildren(...next.childNodes);
    if (shown && fresh) shown.replaceWith(fresh);
    else if (fresh) document.getElementById("at-work").after(fresh);
  }
  setTimeout(look, AGAIN_MS);
}

setTimeout(look, AGAIN_MS);
