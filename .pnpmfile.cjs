// Standard output belongs to the scripts: `pnpm demo --json` prints one JSON object and nothing else. pnpm's own reports
// (also of the install that `verifyDepsBeforeRun` starts) go to standard error, and a script is not announced.
const { scripts } = require("./package.json");

const command = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
const runsScript = command === "run" || Object.hasOwn(scripts, command ?? "");

/** The package `node` gets its binary from its install script: pnpm's first try to link it fails without harm. */
function isNoise({ message }) {
  return /^Failed to create bin at .*[\\/]node[\\/.]/.test(message ?? "");
}

module.exports = {
  hooks: {
    updateConfig(config) {
      config.useStderr = true;
      if (runsScript) config.reporter ??= "silent";
      return config;
    },
    filterLog: (log) => !isNoise(log),
  },
};
