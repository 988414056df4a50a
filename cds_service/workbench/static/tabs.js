/** The tabs of the answer, by mouse and by arrow keys; on a wide screen all panels stand open beside each other. */

const WIDE = window.matchMedia("(min-width: 118rem)");

const tabs = () => [...document.querySelectorAll('[role="tab"]')];
const panelOf = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

/** The name of the open tab. */
export const openTab = () => tabs().find((tab) => tab.getAttribute("aria-selected") === "true").id.replace("tab-", "");

let told = () => {};

/** Open a tab by its name; an unknown name opens the first. */
export function showTab(name, focus = false) {
  const chosen = tabs().find((tab) => tab.id === `tab-${name}`) ?? tabs()[0];
  for (const tab of tabs()) {
    const selected = tab === chosen;
    tab.setAttribute("aria-selected", String(selected));
    tab.tabIndex = selected ? 0 : -1;
    panelOf(tab).hidden = !selected && !WIDE.matches;
  }
  openWhatIsShown();
  if (focus) chosen.focus();
  told(openTab());
}

/** Open what is marked to be drawn only when its panel is shown: JSON that nobody looks at costs nothing. */
export function openWhatIsShown() {
  for (const part of document.querySelectorAll(".panel:not([hidden]) details[data-when-shown]")) {
    part.removeAttribute("data-when-shown"); // closed by hand it stays closed
    part.open = true;
  }
}

/** Put a number beside the name of a tab. */
export function countTab(name, number) {
  document.querySelector(`#tab-${name} .count`).textContent = number || "";
}

/** Listen to the tabs; `changed(name)` is called when another one is opened. */
export function listenToTabs(changed) {
  told = changed;
  tabs().forEach((tab, index, all) => {
    tab.addEventListener("click", () => showTab(tab.id.replace("tab-", "")));
    tab.addEventListener("keydown", (event) => {
      const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: all.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      showTab(all[(to + all.length) % all.length].id.replace("tab-", ""), true);
    });
  });
  WIDE.addEventListener("change", () => showTab(openTab()));
}
