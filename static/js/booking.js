// Choosing a time: the choices update the page in place, the tabs of the days switch without a new page.
// Without this script the button « Voir les horaires » and the links of the tabs do the same with a full load.

addEventListener("click", (event) => {
  const tab = event.target.closest(".day-strip a");
  if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  document.querySelectorAll(".day-strip a").forEach((one) => one.toggleAttribute("aria-current", false));
  tab.setAttribute("aria-current", "true");
  document.querySelectorAll(".day").forEach((day) => day.classList.toggle("active", day.id === `jour-${tab.dataset.day}`));
});

// htmx is optional: without it a change of the choices loads the page.
addEventListener("change", (event) => {
  const form = event.target.closest("[data-choices]");
  if (form && !window.htmx) form.requestSubmit();
});

addEventListener("htmx:after:swap", () => {
  const said = document.querySelector("[data-said]");
  if (said) dispatchEvent(new CustomEvent("medidesk:say", { detail: said.textContent }));
});
