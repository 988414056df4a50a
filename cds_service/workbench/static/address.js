/** The address of the page: a link to it shows a colleague the same. */

import { at, bench } from "./bench.js";
import { lookFor, patientIds } from "./source.js";
import { openTab } from "./tabs.js";

/* the address: a prepared patient, the open tab, and what was changed; never anything of one's own data */

export function writeAddress() {
  const what = new URLSearchParams({ ...bench.whatIf, ...bench.query }).toString();
  const place = bench.id ? `#${bench.id}/${openTab()}${what ? `?${what}` : ""}` : "";
  history.replaceState(null, "", location.pathname + place);
}

/** A link that looks for patients, as the guidance has for each row: `#find=M8`. */
const FIND = "find=";

/** What the address names: the patient, the tab, and the controls to move; the day and settings go into the query. */
export function readAddress() {
  const [path, what = ""] = location.hash.slice(1).split("?");
  const [name, tab = "card"] = path.split("/").map(decodeURIComponent);
  const id = name.startsWith(FIND) ? lookFor(name.slice(FIND.length)) : name;
  const named = Object.fromEntries(new URLSearchParams(what));
  const whatIf = Object.fromEntries(Object.entries(named).filter(([key]) => key.startsWith("control-")));
  const query = Object.fromEntries(Object.entries(named).filter(([key]) => !key.startsWith("control-")));
  return { id: patientIds().includes(id) ? id : "", asked: name, tab, whatIf, query };
}

/** Move a control as a person would, and wait for the answer. */
export async function moveControl(id, value) {
  await drawn();
  const control = at(id);
  if (!control) return;
  control.value = value;
  control.dispatchEvent(new Event(control.type === "number" ? "input" : "change", { bubbles: true }));
  await new Promise((resolve) => setTimeout(resolve, 150)); // what is typed waits a little for more
  await drawn();
}

const drawn = () => new Promise((resolve) => {
  const look = () => (document.body.classList.contains("drawing") ? setTimeout(look, 10) : resolve());
  look();
});
