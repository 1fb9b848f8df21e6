import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { shownJob } from "./shown-job.ts";

export type Queue = ConstructorParameters<typeof BullMQAdapter>[0];
type Job = NonNullable<Awaited<ReturnType<BullMQAdapter["getJob"]>>>;

export interface QueueLook {
  readonly about: string;
  readonly writable: boolean;
}

/** A queue as the board gets to see it: its jobs show what may be shown of them, and nothing else of it is told. */
export class ShownQueue extends BullMQAdapter {
  constructor(queue: Queue, { about, writable }: QueueLook) {
    super(queue, { readOnlyMode: !writable, description: about });
  }

  override async getJob(id: string) {
    const job = await super.getJob(id);
    return job && masked(job);
  }

  override async getJobs(...which: Parameters<BullMQAdapter["getJobs"]>) {
    return (await super.getJobs(...which)).map(masked);
  }

  /** No job of ours writes any. */
  override async getJobLogs(): Promise<string[]> {
    return [];
  }

  /** Families of jobs, which ours have none of, would be read around this class. */
  override async getFlowProducer() {
    return null;
  }
}

function masked(job: Job): Job {
  const read = job.toJSON.bind(job);
  return Object.assign(job, { toJSON: () => shownJob(read()) });
}
