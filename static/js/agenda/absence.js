// The time left before an absence is carried out, and the page brought up to date when it is. Without scripts the time is written out.
// The seconds left are the server's: the clock of this machine may be wrong.
const countdown = document.getElementById("countdown");
const EVERY_MS = 1_000;
const AGAIN_MS = 5_000;
const ends = performance.now() + Number(countdown?.dataset.secondsLeft) * 1_000;

function tick() {
  const left = Math.ceil((ends - performance.now()) / 1_000);
  if (left <= -3) { again(); return; }
  const minutes = Math.floor(Math.max(left, 0) / 60);
  countdown.textContent = `, dans ${minutes}\u00a0min ${String(Math.max(left, 0) % 60).padStart(2, "0")}\u00a0s`;
  setTimeout(tick, EVERY_MS);
}

// Not under somebody who notes what a patient said.
function again() {
  if (document.activeElement?.closest("form")) setTimeout(again, AGAIN_MS);
  else location.reload();
}

if (countdown) tick();
else setTimeout(again, AGAIN_MS);
