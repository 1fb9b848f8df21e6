/** The environment of this process without the services that it may give: what a private run starts from. */
export const PRIVATE_ENV: NodeJS.ProcessEnv = { ...process.env, DATABASE_URL: undefined, REDIS_URL: undefined };

/** As PRIVATE_ENV, with a Postgres that is given and never asked: for what concerns Redis alone. */
export const REDIS_ONLY_ENV: NodeJS.ProcessEnv = { ...PRIVATE_ENV, DATABASE_URL: "postgres://given.example" };
