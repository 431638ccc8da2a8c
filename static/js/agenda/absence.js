// The time left before an absence is carried out, and the page brought up to date when it is. Without scripts the time is written out.
const countdown = document.getElementById("countdown");
const EVERY_MS = 1_000;
const AGAIN_MS = 5_000;

function tick() {
  const left = Math.ceil((new Date(countdown.dataset.due) - Date.now()) / 1_000);
  if (left <= -3) { location.reload(); return; }
  const minutes = Math.floor(Math.max(left, 0) / 60);
  countdown.textContent = `, dans ${minutes}\u00a0min ${String(Math.max(left, 0) % 60).padStart(2, "0")}\u00a0s`;
  setTimeout(tick, EVERY_MS);
}

if (countdown) tick();
else if (!document.activeElement?.closest("form")) setTimeout(() => location.reload(), AGAIN_MS);
