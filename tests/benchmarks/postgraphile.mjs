// PostGraphile over the product's tables, in production mode: each request in the role, and with the tenant, that its
// header names, so that the same row-level security decides what it sees.
import { createServer } from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makePgSmartTagsPlugin } from "postgraphile/utils";

const { BENCHMARK_DATABASE_URL, BENCHMARK_TENANTS, FOOTBRIDGE_PORT } = process.env;
// As {"reading": {"role": "footbridge_school", "footbridge.school_id": "…"}}.
const tenants = JSON.parse(BENCHMARK_TENANTS);

// A published value's school: its foreign key leads there by way of the release.
const schoolOfValue = makePgSmartTagsPlugin([
  {
    kind: "class",
    match: "published.value",
    tags: { foreignKey: "(school_id) references register.school (id)|@fieldName school|@foreignFieldName values" },
  },
]);

const pgl = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [schoolOfValue],
  // Orders and conditions by any column; its default knows the first column of an index only.
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  pgServices: [
    makePgService({
      connectionString: BENCHMARK_DATABASE_URL,
      schemas: ["register", "published", "school", "benchmark"],
      poolConfig: { max: 10 },
    }),
  ],
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false },
  grafast: {
    explain: false,
    context: (context) => ({ pgSettings: tenants[context.node.req.headers["x-tenant"]] }),
  },
});

const graphql = createServer();
await pgl.createServ(grafserv).addTo(graphql);
await pgl.getSchema();
createServer((request, response) => {
  if (request.url === "/readyz") {
    response.end("ready");
  } else {
    graphql.emit("request", request, response);
  }
}).listen(Number(FOOTBRIDGE_PORT), "127.0.0.1");
