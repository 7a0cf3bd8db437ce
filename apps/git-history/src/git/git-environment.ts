/**
 * Variables that say where a repository is. A hook or a wrapper may have set them for a repository of its own; the one
 * that was asked for is always given by its directory.
 */
const LOCATION_VARIABLES = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_COMMON_DIR",
  "GIT_INDEX_FILE",
  "GIT_OBJECT_DIRECTORY",
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_NAMESPACE",
  "GIT_PREFIX",
  "GIT_GRAFT_FILE",
  "GIT_SHALLOW_FILE",
];

/**
 * The environment git is started with: the caller's, so that the configuration of this machine and user holds, without
 * what would point git at another repository, and without anything that would wait for a person.
 */
export function gitEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const own: NodeJS.ProcessEnv = { ...environment, GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" };
  for (const name of LOCATION_VARIABLES) delete own[name];
  return own;
}
