// News of the diary for an open page. The stream carries ids only; the page fetches again what it may see.
//
//   const stop = connect(url, ticketUrl, onChange, { pollUrl, onLost, onBack });
//
// url         the stream's address with its ticket, as the page was given it ("" : ask ticketUrl first)
// ticketUrl   answers {"url"} with a new ticket; a ticket opens a stream for one minute only
// onChange    called with the news: {kind, id, practitioner, day, version}, or {kind: "refetch"} when some may have been missed
// pollUrl     asked every 15 s while there is no stream; 204 means nothing changed, anything else is a "refetch"
// onLost      « Connexion perdue » : called with the Date of the last sign of life
// onBack      called when news arrive again
const POLL_MS = 15_000;
const LOST_MS = 40_000; // two pings and a half
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

export function connect(url, ticketUrl, onChange, { pollUrl = "", onLost = () => {}, onBack = () => {} } = {}) {
  let source = null;
  let wait = FIRST_WAIT_MS;
  let lastSign = new Date();
  let lost = false;
  let stopped = false;
  let missed = true; // news may pass by before the first stream and between two: fetch once when the next one opens
  const timers = new Set();

  const later = (act, delay) => {
    const timer = setTimeout(() => { timers.delete(timer); act(); }, delay);
    timers.add(timer);
  };

  const alive = () => {
    lastSign = new Date();
    if (lost) { lost = false; onBack(); }
  };

  const tell = (text) => {
    alive();
    try { onChange(JSON.parse(text)); } catch { onChange({ kind: "refetch" }); }
  };

  const open = (address) => {
    if (stopped) return;
    source?.close();
    source = new EventSource(address);
    source.onopen = () => {
      wait = FIRST_WAIT_MS;
      alive();
      if (missed) onChange({ kind: "refetch" });
      missed = false;
    };
    source.onmessage = (event) => tell(event.data);
    source.addEventListener("bye", () => again(0));
    source.onerror = () => again(wait); // its own retry would come with an old ticket
  };

  const again = (delay) => {
    source?.close();
    source = null;
    missed = true;
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    later(renew, delay * (0.8 + 0.4 * Math.random()));
  };

  const renew = async () => {
    if (stopped || source) return;
    try {
      const answer = await fetch(ticketUrl, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      open((await answer.json()).url);
    } catch {
      again(wait);
    }
  };

  const poll = async () => {
    if (stopped) return;
    if (pollUrl && source?.readyState !== EventSource.OPEN) {
      try {
        const answer = await fetch(pollUrl, { cache: "no-store" });
        if (answer.ok) {
          alive();
          if (answer.status !== 204) { missed = false; onChange({ kind: "refetch" }); }
        }
      } catch { /* the sign of life below tells */ }
    } else if (source?.readyState === EventSource.OPEN) {
      alive();
    }
    if (!lost && Date.now() - lastSign > LOST_MS) { lost = true; onLost(lastSign); }
    later(poll, POLL_MS);
  };

  const online = () => { if (!source) { wait = FIRST_WAIT_MS; renew(); } };
  const offline = () => { if (!lost) { lost = true; onLost(lastSign); } };
  addEventListener("online", online);
  addEventListener("offline", offline);

  if (url) open(url); else renew();
  later(poll, POLL_MS);

  return () => {
    stopped = true;
    source?.close();
    timers.forEach(clearTimeout);
    removeEventListener("online", online);
    removeEventListener("offline", offline);
  };
}
