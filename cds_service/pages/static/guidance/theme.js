/* The colours that the reader chose, before anything is painted; as the device prefers where nothing was chosen. */

(() => {
  const KEY = "b12-cds-theme";
  const MEDIA = { auto: "(prefers-color-scheme: dark)", light: "not all", dark: "all" };
  const dark = document.getElementById("dark");

  const saved = () => {
    try {
      const theme = localStorage.getItem(KEY);
      return theme in MEDIA ? theme : "auto";
    } catch {
      return "auto"; // a browser that keeps nothing
    }
  };

  const apply = (theme) => {
    dark.media = MEDIA[theme];
    document.documentElement.style.colorScheme = theme === "auto" ? "" : theme;
  };

  const keep = (theme) => {
    try {
      localStorage.setItem(KEY, theme);
    } catch { /* it holds until the page is left */ }
  };

  apply(saved());

  document.addEventListener("DOMContentLoaded", () => {
    const choice = document.createElement("select");
    choice.id = "theme";
    choice.setAttribute("aria-label", "Colours");
    for (const [theme, words] of Object.entries({ auto: "Auto", light: "Light", dark: "Dark" })) choice.add(new Option(words, theme));
    choice.value = saved();
    choice.addEventListener("change", () => {
      keep(choice.value);
      apply(choice.value);
    });
    document.querySelector(".masthead").append(choice);
  });

  window.addEventListener("storage", (event) => {
    if (event.key !== KEY) return;
    apply(saved()); // chosen in another window
    document.getElementById("theme").value = saved();
  });
})();
