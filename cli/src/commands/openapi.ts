import { type Command, Option } from "commander";

/** Whom an api serves, each by a document of its own. */
const SURFACES = ["public", "ops", "contest"] as const;

/** `flashgate openapi` */
export function addOpenApi(program: Command): void {
  program
    .command("openapi")
    .summary("print the OpenAPI document of the api")
    .description(
      'Prints an OpenAPI 3.1 document: of what shops and shoppers are served, which an api also answers at "/openapi.json" and shows at "/docs"; of what operators are served on its ops port; or of what the contest\'s clients are.',
    )
    .addOption(new Option("--surface <name>", "whose document").choices(SURFACES).default("public"))
    .addHelpText("after", "\nExample:\n  flashgate openapi --surface public > openapi.json")
    .action(async ({ surface }: { readonly surface: (typeof SURFACES)[number] }) => {
      const { openApiText } = await import("@flashgate/api/openapi");
      process.stdout.write(openApiText(surface));
    });
}
