// Reads a secret of a Keyfob daemon, and again whenever it has rotated. Java 17 or newer, without libraries or a build:
// `java Read.java`. KEYFOB_ADDR is http://127.0.0.1:8200 or unix:/run/keyfob/keyfob.sock; KEYFOB_TOKEN_FILE is needed
// where tokens are.
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

public class Read {
  record Answer(int status, String etag, String body) {}

  record Credentials(String username, String password) {}

  interface User {
    void use(Credentials credentials);
  }

  public static void main(String[] args) throws Exception {
    String path = args.length > 0 ? args[0] : "db/creds";
    follow(path, credentials -> {
      // Here a program connects to its database.
      int length = credentials.password().codePointCount(0, credentials.password().length());
      System.out.printf("%s: user %s, password of %d characters%n", path, credentials.username(), length);
    });
  }

  /** Gives the secret, and each new version of it. What fails for a while does not take the last one away. */
  static void follow(String path, User user) throws InterruptedException {
    String etag = null;
    while (true) {
      try {
        // Answered as soon as there is something else than what the ETag stands for, at the latest after 30 seconds.
        Answer answer = ask("GET", "/v1/secrets/" + encode(path) + "?wait=30s&format=raw", etag, "");
        String seen = answer.etag();
        if (answer.status() == 304) continue;
        if (answer.status() == 200) answer = resolve(path);
        if (answer.status() == 200) {
          etag = seen;
          user.use(parse(answer.body()));
          continue;
        }
        System.err.println(path + ": " + answer.status() + " " + find("\"code\":\"(\\w+)\"", answer.body()));
        // A refused token may have been replaced meanwhile.
        if (answer.status() != 401 && !"true".equals(find("\"retryable\":(true)", answer.body()))) System.exit(1);
      } catch (IOException error) {
        System.err.println(path + ": " + error);
      }
      Thread.sleep(1000);
    }
  }

  /**
   * Both keys in one document are of one version, and as base64 they need no JSON parser, of which Java has none.
   */
  static Answer resolve(String path) throws IOException {
    String document = "{{secret:%1$s#username|base64}}\n{{secret:%1$s#password|base64}}".formatted(path);
    return ask("POST", "/v1/resolve", null, document);
  }

  static Credentials parse(String document) {
    String[] lines = document.split("\n", -1);
    return new Credentials(decode(lines[0]), decode(lines[1]));
  }

  /**
   * One request on a connection of its own. Java's HTTP client knows no unix sockets, so this is HTTP by hand, the same
   * over TCP. It has no time-out: the daemon answers within 30 seconds, and a connection to it cannot be lost unnoticed.
   */
  static Answer ask(String method, String target, String etag, String body) throws IOException {
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    if (etag != null) head.append("If-None-Match: " + etag + "\r\n");
    String tokenFile = System.getenv("KEYFOB_TOKEN_FILE");
    // For each request, since it is replaced while we run.
    if (tokenFile != null) head.append("Authorization: Bearer " + Files.readString(Path.of(tokenFile)).trim() + "\r\n");
    byte[] sent = body.getBytes(UTF_8);
    if (sent.length > 0) head.append("Content-Type: text/plain\r\nContent-Length: " + sent.length + "\r\n");
    try (SocketChannel channel = connect()) {
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes(head.append("\r\n").toString().getBytes(UTF_8));
      request.writeBytes(sent);
      Channels.newOutputStream(channel).write(request.toByteArray());
      return toAnswer(new String(Channels.newInputStream(channel).readAllBytes(), UTF_8));
    }
  }

  static Answer toAnswer(String text) throws IOException {
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) throw new IOException("the daemon closed the connection");
    String head = text.substring(0, end);
    return new Answer(Integer.parseInt(head.substring(9, 12)), find("(?im)^etag: (.*?)\r?$", head), text.substring(end + 4));
  }

  static SocketChannel connect() throws IOException {
    String address = System.getenv().getOrDefault("KEYFOB_ADDR", "http://127.0.0.1:8200");
    boolean isSocket = address.startsWith("unix:");
    SocketAddress to;
    if (isSocket) to = UnixDomainSocketAddress.of(address.substring("unix:".length()));
    else to = new InetSocketAddress(URI.create(address).getHost(), URI.create(address).getPort());
    SocketChannel channel = isSocket ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    try {
      channel.connect(to);
      return channel;
    } catch (IOException error) {
      channel.close();
      throw error;
    }
  }

  /** The daemon takes an encoded slash for a slash. */
  static String encode(String path) {
    return URLEncoder.encode(path, UTF_8).replace("+", "%20");
  }

  static String decode(String base64) {
    return new String(Base64.getDecoder().decode(base64), UTF_8);
  }

  static String find(String pattern, String text) {
    var matcher = Pattern.compile(pattern).matcher(text);
    return matcher.find() ? matcher.group(1) : "";
  }
}
