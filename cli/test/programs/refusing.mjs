// A process that does not like its configuration.
console.error("error: the settings are not usable:\n  PORT is no number");
process.exit(3);
