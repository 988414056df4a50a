/** What the answer on the bench is compared with: the one to what was sent, one that was kept, or that of another prepared patient. */

import { html } from "./base/dom.js";
import { newId } from "./base/request.js";
import { explain, loadPatient, ServiceError } from "./base/service.js";
import { at, bench, show } from "./bench.js";
import { renderCompare } from "./panels/compare.js";

const SENT = "sent";
const KEPT = "kept";

/** Draw the comparison anew; the other answer is asked for again, as day and settings may have changed. */
export async function drawCompare() {
  const chosen = at("compare-with").value;
  try {
    const { name, answer } = await otherAnswer(chosen);
    if (chosen !== at("compare-with").value) return;
    show("compare-here", renderCompare(answer, bench.answer, chosen === SENT ? ["As sent", "What if"] : [name, bench.name]));
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    show("compare-here", html("p", { class: "problem", role: "alert" }, error.message));
  }
}

async function otherAnswer(chosen) {
  if (chosen === SENT) return { answer: bench.sent?.answer };
  if (chosen === KEPT) return bench.kept;
  const patient = await loadPatient(chosen);
  const request = { ...patient.request, hookInstance: newId() };
  return { name: patient.title, answer: (await explain(JSON.stringify(request), bench.query)).answer };
}

/** Listen to the choice, and to the button that keeps the answer of now for one that comes later. */
export function listenToCompare() {
  at("compare-with").addEventListener("change", drawCompare);
  at("keep").addEventListener("click", () => {
    bench.kept = { name: `${bench.name} (kept)`, answer: bench.answer };
    at("compare-with").querySelector(`[value="${KEPT}"]`)?.remove();
    at("compare-with").options[0].after(html("option", { value: KEPT }, `Kept: ${bench.name}`));
    at("compare-with").value = KEPT;
    drawCompare();
    at("kept").textContent = "Kept. Open another request and it is compared with this one.";
  });
}
