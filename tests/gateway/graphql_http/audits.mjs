// Audits the endpoint at the given address, with the token that stands in TOKEN, and prints each audit's outcome as JSON.
import { serverAudits } from "graphql-http";

const [url] = process.argv.slice(2);
const authorization = `Bearer ${process.env.TOKEN}`;

const fetchFn = (address, options = {}) =>
  fetch(address, { ...options, headers: { ...options.headers, authorization } });

const outcomes = [];
for (const audit of serverAudits({ url, fetchFn })) {
  outcomes.push(await outcomeOf(audit));
}
console.log(JSON.stringify(outcomes));

async function outcomeOf({ id, name, fn }) {
  try {
    const { status, reason, response } = await fn();
    return { id, name, status, reason, answered: response?.status };
  } catch (problem) {
    return { id, name, status: "fatal", reason: String(problem) };
  }
}
