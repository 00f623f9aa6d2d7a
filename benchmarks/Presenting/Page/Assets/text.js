const timeUnits = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]];
const byteUnits = [[1e6, "MB"], [1e3, "KB"], [1, "B"]];
const unknown = "not known";

function significant(value, digits) {
  if (value === 0) return "0";
  const decimals = Math.min(3, Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toFixed(decimals);
}

function unitOf(value, units) {
  const rounded = Math.abs(Number(value.toPrecision(3)));
  return units.find(([size]) => rounded >= size) ?? units[units.length - 1];
}

function inUnit(value, units, digits = 3) {
  const [size, unit] = unitOf(value, units);
  return `${significant(value / size, digits)} ${unit}`;
}

const duration = (ns, digits = 3) => inUnit(ns, timeUnits, digits);
const bytes = count => inUnit(count, byteUnits);

// A value with at most two significant digits, for the ticks of an axis.
function rounded(value, units) {
  const [size, unit] = unitOf(value, units);
  return `${Number((value / size).toPrecision(2))} ${unit}`;
}

const roundDuration = ns => rounded(ns, timeUnits);
const roundBytes = count => rounded(count, byteUnits);

function ranged(figure, units = timeUnits) {
  if (figure.value === undefined) return figure.why ?? unknown;
  const [size, unit] = unitOf(figure.value, units);
  const range = figure.low === undefined ? "" : ` [${significant(figure.low / size, 4)} – ${significant(figure.high / size, 4)}]`;
  return `${significant(figure.value / size, 4)} ${unit}${range}`;
}

// The percentile's name at a rung of the scale, 1 ÷ (1 − quantile): p99 for 100, p99.9 for 1000.
function percentile(rung) {
  const share = 100 * (1 - 1 / rung);
  return `p${Number(share.toFixed(Math.max(0, Math.ceil(Math.log10(rung)) - 1)))}`;
}

const percent = ratio => `${ratio >= 1 ? "+" : "−"}${significant(Math.abs(100 * (ratio - 1)), 3)} %`;

// Cuts a long text: a report from someone else may have names of any length.
const shortened = (text, length = 42) => text.length > length ? text.slice(0, length - 1) + "…" : text;

const count = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;
