export { connect, probe, ready } from "./connection.ts";
export { BACKLOG_MAX, type GateOptions, openFeed, openGate, type RedisGate } from "./gate.ts";
export type { PageTracing } from "./page-tracing.ts";
export { BullQueueReader } from "./queue-reader.ts";
export { openQueues } from "./queues.ts";
export { type RedisFacts, readRedisFacts, readUserRights, type UserRights } from "./server-facts.ts";
export { BullSettlementConsumer, type PageResult, type SettlementConsumerOptions } from "./settlement-consumer.ts";
export { BullSettlementQueue, type SettlementQueueOptions } from "./settlement-queue.ts";
export { monitorUser, type RedisUser, redisUsers, urlFor } from "./users.ts";
