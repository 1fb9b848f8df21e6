/** Why a command cannot do what it was asked: one line for whoever typed it, naming what is wrong and what to do. */
export class CommandFault extends Error {
  override readonly name = "CommandFault";
}
