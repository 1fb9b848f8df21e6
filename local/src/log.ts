/** Adds a line to `supervisor.log`, which is where the supervisor's standard output goes. */
export const log = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);
