// Before the first paint: what was chosen here last time, otherwise the system decides.
(function () {
  var chosen = null;
  try { chosen = localStorage.getItem("fraudwise.theme"); } catch { chosen = null; }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
