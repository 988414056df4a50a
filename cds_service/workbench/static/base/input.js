/** What was pasted or dropped, as a hook request; or what it is instead, and the next steps. */

import { KEY_OF_TYPE, newId, referenceOf, resourcesIn, patientView } from "./request.js";

/** What cannot be explained as it is: says what it is, and offers what can be: [{ label, request }]. */
export class WrongInput extends Error {
  constructor(message, offers = []) {
    super(message);
    this.offers = offers;
  }
}

const MOST_OFFERS = 8;

/** The request in a text, with the value it was read from; throws WrongInput. */
export function readInput(text) {
  let value;
  try {
    value = JSON.parse(bodyOfCurl(text) ?? text);
  } catch (error) {
    const lines = readLines(text);
    if (!lines) throw new WrongInput(whatTextIs(text) ?? `This is not JSON: ${error.message}. ${WANTED}`);
    return { value: lines, request: fromLines(lines) };
  }
  return { value: bodyOfCurl(text) ? null : value, request: asHookRequest(value) };
}

const WANTED = "Paste or open a hook request, or a Bundle of one patient's resources; or choose a prepared patient.";

/** The body of a call as "Copy as curl" writes it, so that it can be pasted back. */
function bodyOfCurl(text) {
  const body = /^\s*curl\s[^]*?--data(?:-binary|-raw)?\s+'(\{[^]*\})'/.exec(text)?.[1];
  return body?.replaceAll(String.raw`'\''`, "'");
}

/** What a text is that is no JSON, with the next step; nothing where it only has a mistake in it. */
function whatTextIs(text) {
  const begins = text.slice(0, 2000).trimStart();
  if (!begins) return `This is empty. ${WANTED}`;
  if (/[\0\ufffd]/.test(begins)) return `This is no text: an image, an archive or another binary file. ${WANTED}`;
  if (/^<(!doctype html|html)/i.test(begins)) return "This is a web page, often the login page of a server. Save what the server answers to Accept: application/fhir+json.";
  if (begins.startsWith("<")) return "This is XML; the service reads JSON. Ask the server for it with Accept: application/fhir+json (or _format=json).";
  if (/^MSH\|/.test(begins)) return "This is a message of HL7 version 2; the service reads FHIR resources. Take the patient's chart from a FHIR server.";
  if (/^eyJ[\w-]+(\.[\w-]*)*=*\s*$/.test(begins)) return "This is a token or base64, not a request. Paste the request itself.";
  if (/^(HTTP\/\d|POST \/|GET \/)/.test(begins)) return "This is a call with its headers. Paste its body alone.";
  if (/^[^\n{}[\]"]+,[^\n{}[\]"]+\n/.test(begins)) return "This looks like a table (CSV); the service reads FHIR resources as JSON. Take the patient's chart from a FHIR server.";
  return null;
}

/** The JSON value of each line of a text, where every line is one. */
function readLines(text) {
  const lines = text.split("\n").filter((line) => line.trim());
  if (lines.length < 2) return null;
  try {
    return lines.map((line) => JSON.parse(line));
  } catch {
    return null;
  }
}

function fromLines(lines) {
  if (lines.every((line) => typeof line?.resourceType === "string" && line.resourceType !== "Bundle")) return fromResources(lines);
  const offers = lines.slice(0, MOST_OFFERS).map((line, index) => ({ label: `Explain line ${index + 1}`, request: line?.request ?? line }));
  throw new WrongInput(`These are ${lines.length} lines of JSON, each a request of its own. One is explained at a time.`, offers.filter((one) => isRequest(one.request)));
}

const isRequest = (value) => typeof value?.hook === "string" && Boolean(value.context);

const HOOKS = ["order-select", "order-sign", "patient-view", "medication-refill"];

/** A parsed value as a hook request: it may also be a saved case, or one patient's resources. */
function asHookRequest(value) {
  if (isRequest(value)) return ofOurHooks(value);
  if (isRequest(value?.request)) return ofOurHooks(value.request); // a saved case
  if (Array.isArray(value) && value.length && value.every((one) => one?.resourceType)) return fromResources(value);
  if (value?.resourceType === "Bundle") return fromResources([...resourcesIn(value, "")].map((one) => one.resource));
  throw whatItIs(value);
}

/** A request of another hook is named, and offered as one of ours where it names a patient. */
function ofOurHooks(request) {
  if (HOOKS.includes(request.hook)) return request;
  const { draftOrders, patientId } = request.context;
  const hook = draftOrders ? "order-sign" : "patient-view";
  const what = draftOrders ? "Explain its draft orders, as when they are signed" : "Explain the patient's chart, as when it is opened";
  throw new WrongInput(
    `This is a request of the hook ${request.hook}. The service answers ${HOOKS.join(", ")}.`,
    patientId ? [{ label: what, request: { ...request, hook } }] : [],
  );
}

function fromResources(resources) {
  const patients = resources.filter((one) => one.resourceType === "Patient" && one.id);
  if (patients.length === 1) return patientView(patients[0], resources);
  if (!patients.length) {
    throw new WrongInput("This holds no Patient with an id. Add the Patient to whom the resources belong; age and sex decide too.");
  }
  const offers = patients.slice(0, MOST_OFFERS).map((patient) => ({ label: `Explain ${nameOf(patient)} alone`, request: patientView(patient, ofPatient(resources, patient.id)) }));
  throw new WrongInput(`The Bundle holds ${patients.length} Patients; the resources of one are explained at a time.`, offers);
}

/** The resources of one of several patients; what names no patient, such as a Medication, stays. */
function ofPatient(resources, id) {
  const about = (one) => (one.resourceType === "Medication" ? id : (one.subject ?? one.patient)?.reference?.split("/").pop());
  return resources.filter((one) => one.resourceType !== "Patient" && about(one) === id);
}

function nameOf(patient) {
  const [name] = [patient.name ?? []].flat();
  return [name?.given, name?.family].flat().filter(Boolean).join(" ") || name?.text || referenceOf({ resource: patient });
}

/** What a value is that is no request, in words, with what can be done with it. */
function whatItIs(value) {
  if (Array.isArray(value?.cards)) {
    return new WrongInput(`This is an answer with ${value.cards.length} ${value.cards.length === 1 ? "card" : "cards"}, not a request. Paste the request that it answers.`);
  }
  if (Array.isArray(value?.services)) return new WrongInput("This is the list of services (discovery), not a request. Paste what is sent to one of them.");
  if (Array.isArray(value?.feedback)) return new WrongInput("This is feedback on cards, not a request. Paste the request that got the cards.");
  if (value?.resourceType === "Patient") {
    const request = { hook: "patient-view", hookInstance: newId(), context: { userId: "Practitioner/example", patientId: value.id }, prefetch: { patient: value } };
    return new WrongInput(
      "This is a Patient alone. A Bundle of the patient's resources tells more: conditions, results, medicines.",
      value.id ? [{ label: "Explain it with all else unknown", request }] : [],
    );
  }
  if (value?.resourceType === "OperationOutcome") return new WrongInput("This is an error of a server (OperationOutcome), not a patient's record. Ask the server again.");
  if (value?.resourceType in KEY_OF_TYPE) return new WrongInput(`This is one ${value.resourceType}. Put it into a Bundle with its Patient.`);
  if (typeof value?.resourceType === "string") return new WrongInput(`This is a ${value.resourceType}, no part of a patient's record. ${WANTED}`);
  if (typeof value?.hook === "string") return new WrongInput(`This request of ${value.hook} has no context; an EHR sends context.patientId and the draft orders in it.`);
  if (value?.context) return new WrongInput('This request has no hook. Add it, such as "hook": "order-select".');
  return new WrongInput("This is neither a hook request (an object with hook, hookInstance and context) nor a Bundle of a patient's resources.");
}
