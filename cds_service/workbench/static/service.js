/** All that this page ever asks of the network: this service, and nothing else. */

const ROOT = new URL("../../", import.meta.url);

/** The address of a path of this service. */
export function serviceUrl(path) {
  return new URL(path, ROOT).href;
}

/** What went wrong with a call, in the service's own words. */
export class ServiceError extends Error {}

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(serviceUrl(path), { headers: { Accept: "application/json", ...options.headers }, ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServiceError("The service cannot be reached. Is it still running?");
  }
  const text = await response.text();
  if (!response.ok) throw new ServiceError(problemIn(text) || `The service answered ${response.status}.`);
  return text ? JSON.parse(text) : {};
}

function problemIn(text) {
  try {
    const issue = JSON.parse(text).issue?.[0];
    return issue?.details?.text ?? issue?.diagnostics ?? "";
  } catch {
    return "";
  }
}

const posting = (body, signal) => ({ method: "POST", headers: { "Content-Type": "application/json" }, body, signal });

/** The explanation of a hook request, given as JSON text. */
export const explain = (text, signal) => call("workbench/explain", posting(text, signal));

/** Tell the service what became of a card, as an EHR does. */
export const sendFeedback = (service, entry) =>
  call(`cds-services/${service}/feedback`, posting(JSON.stringify({ feedback: [{ outcomeTimestamp: new Date().toISOString(), ...entry }] })));

export const loadControls = () => call("workbench/controls");
export const loadPatient = (id) => call(`workbench/patients/${encodeURIComponent(id)}`);

let guidance;
/** The statements, rules and policy, fetched once. */
export const loadGuidance = () => (guidance ??= call("guidance"));
