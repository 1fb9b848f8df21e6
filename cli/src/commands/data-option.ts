import { Option } from "commander";

export const DATA_FOLDER = ".data";

/** `--data`: the folder that a running instance is found by. */
export function dataOption(): Option {
  return new Option("--data <folder>", 'data folder of the instance that "flashgate up" runs').default(DATA_FOLDER);
}
