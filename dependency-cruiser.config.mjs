// The arrows of the architecture: types <- query, store <- projections <- commands, processing; adapters on the ports;
// testing on the contracts. Whatever is not listed for a package is a wrong arrow.
const contracts = ["types", "query", "store", "projections"];

const allowed = {
  types: [],
  query: ["types"],
  store: ["types"],
  projections: ["types", "query", "store"],
  events: ["types", "store"],
  commands: contracts,
  processing: contracts,
  operations: [...contracts, "processing"],
  explorer: [...contracts, "operations", "processing"],
  replica: [...contracts, "adapter-sqlite"],
  opentelemetry: ["types", "store", "projections", "commands", "processing"],
  cli: [
    ...contracts,
    "operations",
    "explorer",
    "processing",
    "events",
    "commands",
    "adapter-memory",
    "adapter-postgres",
    "adapter-sqlite",
  ],
  testing: [...contracts, "events", "processing"],
  // `events` has the port of key storage, as `processing` has its own.
  "adapter-[a-z]+": [...contracts, "events", "processing"],
};

/** A package may reach its own files and those of the packages listed for it; of another package only an entry point. */
const directions = Object.entries(allowed).map(([name, targets]) => ({
  name: `direction-${name.replace(/\[.*/, "any")}`,
  severity: "error",
  comment: `may depend on: ${targets.join(", ") || "no other package"}`,
  from: { path: `^packages/(${name})/src/` },
  to: {
    path: "^(packages|apps|examples|proofs|bench)/",
    pathNot: ["^packages/$1/", ...targets.map((target) => `^packages/${target}/`)],
  },
}));

export default {
  forbidden: [
    ...directions,
    {
      name: "unknown-package",
      severity: "error",
      comment: "a new package needs its arrows in dependency-cruiser.config.mjs",
      from: { path: "^packages/", pathNot: `^packages/(${Object.keys(allowed).join("|")})/` },
      to: {},
    },
    {
      name: "no-cycle",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "entry-points-only",
      severity: "error",
      comment:
        "another package is imported by its name, never by a path into it; the tests of `query` take the arbitraries of the testing kit so, for depending on it would close a circle of packages",
      from: { path: "^((?:packages|apps|examples|proofs)/[^/]+|bench)/" },
      to: {
        path: "^(packages|apps|examples|proofs)/[^/]+/",
        pathNot: ["^$1/", "^packages/testing/src/arbitraries/index[.]ts$"],
        dependencyTypes: ["local"],
      },
    },
    {
      name: "no-tests-in-sources",
      severity: "error",
      from: { path: "/src/" },
      to: { path: "^[^/]+/[^/]+/test/" },
    },
    {
      name: "no-undeclared-dependency",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: {
        dependencyTypes: ["npm-no-pkg", "npm-unknown", "npm-dev", "unknown"],
        dependencyTypesNot: ["npm", "npm-peer"],
      },
    },
    {
      name: "one-concept-per-file",
      severity: "error",
      comment: "a file is named after the one concept inside",
      from: {},
      to: { path: "/(utils?|helpers?|common|misc|interfaces)(/|[.]ts$)", pathNot: "node_modules" },
    },
    {
      name: "not-resolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(packages|apps|examples|proofs)/[^/]+/(dist|example-globals|[.]vitepress)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["eventfold-source", "import", "types", "node", "default"],
      extensions: [".ts", ".js", ".mjs", ".json"],
    },
  },
};
