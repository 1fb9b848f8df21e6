import { type Command, Option } from "commander";
import { wholeNumber } from "../arguments.ts";
import { countOf, examine } from "../doctor/checkup.ts";
import { doctorJson, doctorText } from "../doctor/doctor-report.ts";
import { dataOption } from "./data-option.ts";
import type { Service } from "./doctor-subject.ts";
import { colours, print, printJson } from "./terminal.ts";

const PROCESSES_MAX = 1_000;

interface DoctorOptions {
  readonly process?: readonly Service[];
  readonly api?: number;
  readonly worker?: number;
  readonly scheduler?: number;
  readonly data: string;
  readonly json?: boolean;
}

/** `flashgate doctor` */
export function addDoctor(program: Command): void {
  const processes = wholeNumber(1, PROCESSES_MAX);
  program
    .command("doctor")
    .summary("find what is wrong with a set-up, and how to mend it")
    .description(
      "Looks at all that a deployment stands on: this machine, the build, the settings of every process, Postgres and Redis. Each fault comes with its fix. It changes nothing.",
    )
    .addOption(
      new Option("--process <name...>", "whose environment this is (default: that of all)").choices([
        "api",
        "worker",
        "scheduler",
      ]),
    )
    .option("--api <n>", "api processes there are, or will be (default: those that run)", processes)
    .option("--worker <n>", "worker processes", processes)
    .option("--scheduler <n>", "scheduler processes", processes)
    .option("--json", "for machines: every check with what it found")
    .addOption(dataOption())
    .addHelpText("after", HELP)
    .action(doctor);
}

const HELP = `
Without DATABASE_URL and REDIS_URL it examines the instance on --data, as its processes find it.
REDIS_ADMIN_URL names a user of Redis who may see what processes may not; the doctor alone uses it.

Exits with 1 when there is a fault; warnings are no faults.

Examples:
  flashgate doctor
  flashgate doctor --api 4 --worker 10 --scheduler 3
  flashgate doctor --process worker --json`;

async function doctor({ data, json, process: named, ...processes }: DoctorOptions): Promise<void> {
  const [{ checksOf }, { findSubject, SERVICES }] = await Promise.all([
    import("./doctor-checks.ts"),
    import("./doctor-subject.ts"),
  ]);
  const subject = await findSubject(data, named ?? SERVICES, processes);
  const examined = await examine(checksOf(subject, data));
  if (json) printJson(doctorJson(examined));
  else print(doctorText(examined, colours(process.stdout)));
  if (countOf(examined, "fault") > 0) process.exitCode = 1;
}
