import static org.codelibs.opensearch.runner.OpenSearchRunner.newConfigs;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * Runs an OpenSearch cluster in this JVM until SIGTERM, then closes its nodes cleanly.
 *
 * <p>Usage: {@code java -cp 'lib/*' Node.java BASE_PATH HTTP_PORTS TRANSPORT_PORTS}, where both port lists are separated by
 * commas and as long as the cluster is large.
 */
public final class Node {
    private static final String HOST = "127.0.0.1";

    private Node() {}

    public static void main(String[] args) throws InterruptedException {
        String basePath = args[0];
        List<String> httpPorts = List.of(args[1].split(","));
        List<String> transportPorts = List.of(args[2].split(","));

        OpenSearchRunner runner = new OpenSearchRunner();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(runner)));
        // Settings given here win over the runner's own, which would search for free ports by itself.
        runner.onBuild((number, settings) -> {
            settings.put("network.host", HOST);
            settings.put("http.port", httpPorts.get(number - 1));
            settings.put("transport.port", transportPorts.get(number - 1));
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
            if (httpPorts.size() > 1) {
                settings.putList("discovery.seed_hosts", addresses(transportPorts));
            }
        });
        runner.build(newConfigs()
                .basePath(basePath)
                .clusterName("trailsearch-local")
                .numOfNode(httpPorts.size())
                .useLogger());
        new CountDownLatch(1).await();
    }

    private static List<String> addresses(List<String> ports) {
        return ports.stream().map(port -> HOST + ":" + port).collect(Collectors.toList());
    }

    private static void close(OpenSearchRunner runner) {
        try {
            runner.close();
        } catch (java.io.IOException e) {
            System.err.println("closing the nodes: " + e);
        }
    }
}
