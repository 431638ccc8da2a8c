// The printed sheet: its button, and printing at once when the agenda asked for it (#print).
const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => print());
if (location.hash === "#print") addEventListener("load", () => print());
