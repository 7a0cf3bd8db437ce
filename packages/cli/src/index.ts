export { type Config, type ConfigOpening, defineConfig } from "./config/config.ts";
