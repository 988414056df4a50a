// Reads a JSON array of {unit, to, molarMass, charge} from standard input; writes, for each, what one `unit` is worth in `to`.
// A null stands for a unit that is not valid UCUM or cannot be converted.
const { UcumLhcUtils } = require("@lhncbc/ucum-lhc");

const utils = UcumLhcUtils.getInstance();
const rows = JSON.parse(require("fs").readFileSync(0, "utf8"));

function worth({ unit, to, molarMass, charge }) {
  const valid = [unit, to].every((each) => utils.validateUnitString(each).status === "valid");
  const answer = utils.convertUnitTo(unit, 1, to, { molecularWeight: molarMass, charge });
  return valid && answer.status === "succeeded" ? answer.toVal : null;
}

process.stdout.write(JSON.stringify(rows.map(worth)));
