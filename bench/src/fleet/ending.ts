/**
 * Ends a program that is done, with its exit code. Not left to Node to find that nothing is under way: with thousands of
 * sockets torn apart behind it, its own clean-up can wait for one for ever (node::Environment::CleanupHandles).
 */
export function endProgram(): never {
  process.exit(process.exitCode);
}
