import type { Command } from "commander";

/** `flashgate openapi` */
export function addOpenApi(program: Command): void {
  program
    .command("openapi")
    .summary("print the OpenAPI document of the api")
    .description('Prints what an api serves at "/openapi.json", and shows at "/docs": an OpenAPI 3.1 document.')
    .addHelpText("after", "\nExample:\n  flashgate openapi > openapi.json")
    .action(async () => {
      const { openApiText } = await import("@flashgate/api/openapi");
      process.stdout.write(openApiText());
    });
}
