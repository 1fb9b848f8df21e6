// A process that does not end when it is asked to.
process.on("SIGTERM", () => {});
process.on("disconnect", () => process.exit(1));
process.send({ kind: "ready", service: "deaf", opsUrl: "http://127.0.0.1:2" });
