/**
 * mongo-java-server on an address of one's choice: its own main class always takes port 27017.
 * It prints its port, and ends when standard input is closed: with the process that started it.
 */
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;

final class Server {
  public static void main(String[] arguments) throws Exception {
    var server = new MongoServer(new MemoryBackend());
    server.bind(arguments[0], Integer.parseInt(arguments[1]));
    System.out.println(server.getConnectionString());
    System.in.transferTo(java.io.OutputStream.nullOutputStream());
    server.shutdownNow();
  }
}
