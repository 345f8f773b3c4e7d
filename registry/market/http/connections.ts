import type { Server } from "node:net";

/** A proxy has one address for all of its visitors. */
const MAX_PER_VISITOR = 128;

/** Ends what one address opens beyond its share: who sends half of a request, or nothing, keeps nobody else out. */
export function shareConnections(server: Server): void {
  const countByVisitor = new Map<string, number>();
  server.on("connection", (socket) => {
    const visitor = socket.remoteAddress ?? "";
    const count = countByVisitor.get(visitor) ?? 0;
    if (count >= MAX_PER_VISITOR) return void socket.destroy();
    countByVisitor.set(visitor, count + 1);
    socket.once("close", () => {
      const left = (countByVisitor.get(visitor) ?? 0) - 1;
      if (left > 0) countByVisitor.set(visitor, left);
      else countByVisitor.delete(visitor);
    });
  });
}
