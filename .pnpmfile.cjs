// Standard output belongs to the scripts: `pnpm demo --json` prints one JSON object and nothing else. pnpm's own reports
// (also of the install that `verifyDepsBeforeRun` starts) go to standard error, and a script is not announced.
const { scripts } = require("./package.json");

const command = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
const runsScript = command === "run" || Object.hasOwn(scripts, command ?? "");

module.exports = {
  hooks: {
    updateConfig(config) {
      config.useStderr = true;
      if (runsScript) config.reporter ??= "silent";
      return config;
    },
  },
};
