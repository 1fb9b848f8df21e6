import { COMPARISONS } from "../compare/catalogue.ts";
import { contest } from "./contest.ts";
import type { Figure } from "./figure.ts";
import { following } from "./following.ts";
import { saleStreams, ticketStreams } from "./streams.ts";
import { waiting } from "./waiting.ts";

/** Every figure that can be taken, in the order in which they are. */
export const FIGURES: readonly Figure[] = [...COMPARISONS, waiting, following, saleStreams, ticketStreams, contest];
