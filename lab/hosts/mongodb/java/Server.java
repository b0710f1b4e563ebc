/**
 * mongo-java-server on an address of one's choice: its own main class always takes port 27017.
 * It prints its port, and ends when standard input is closed: with the process that started it.
 */
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import io.netty.channel.Channel;

final class Server {
  public static void main(String[] arguments) throws Exception {
    var server = new MongoServer(new WithParameters());
    server.bind(arguments[0], Integer.parseInt(arguments[1]));
    System.out.println(server.getConnectionString());
    System.in.transferTo(java.io.OutputStream.nullOutputStream());
    server.shutdownNow();
  }
}

/**
 * Knows the one parameter that is changed here, as mongod answers (MongoDB manual, getParameter and setParameter). It deletes nothing
 * itself, whatever the parameter says.
 */
final class WithParameters extends MemoryBackend {
  private static final String NAME = "ttlMonitorEnabled";
  private Object value = true;

  @Override
  public Document handleCommand(Channel channel, String database, String command, Document query) {
    if (!query.containsKey(NAME)) return super.handleCommand(channel, database, command, query);
    var answer = new Document();
    if (command.equalsIgnoreCase("getParameter")) answer.put(NAME, value);
    else if (command.equalsIgnoreCase("setParameter")) {
      answer.put("was", value);
      value = query.get(NAME);
    } else return super.handleCommand(channel, database, command, query);
    answer.put("ok", 1.0);
    return answer;
  }
}
