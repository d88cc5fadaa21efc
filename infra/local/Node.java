import static org.codelibs.opensearch.runner.OpenSearchRunner.newConfigs;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * Runs one node of an OpenSearch cluster until SIGTERM, then closes it cleanly.
 *
 * <p>Usage: {@code java -cp 'lib/*' Node.java BASE_PATH NUMBER HTTP_PORT TRANSPORT_PORTS}, where the node has this
 * number, counted from 1, and the transport ports are those of all nodes in their order, separated by commas. A property
 * {@code -Dset.NAME=VALUE} is one more setting of the node, {@code -Dplugins=CLASS} are plugins on the class path.
 */
public final class Node {
    private static final String HOST = "127.0.0.1";
    private static final String SETTING = "set.";

    private Node() {}

    public static void main(String[] args) throws InterruptedException {
        String basePath = args[0];
        int number = Integer.parseInt(args[1]);
        String httpPort = args[2];
        List<String> transportPorts = List.of(args[3].split(","));

        OpenSearchRunner runner = new OpenSearchRunner();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(runner)));
        // Settings given here win over the runner's own, which would search for free ports and stay alone.
        runner.onBuild((own, settings) -> {
            settings.put("network.host", HOST);
            settings.put("node.name", name(number));
            settings.put("http.port", httpPort);
            settings.put("transport.port", transportPorts.get(number - 1));
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
            if (transportPorts.size() > 1) {
                settings.put("discovery.type", "zen");
                settings.putList("discovery.seed_hosts", addresses(transportPorts));
                settings.putList("cluster.initial_cluster_manager_nodes", name(1));
            }
            System.getProperties().stringPropertyNames().stream()
                    .filter(name -> name.startsWith(SETTING))
                    .forEach(name -> settings.put(name.substring(SETTING.length()), System.getProperty(name)));
        });
        runner.build(newConfigs()
                .basePath(basePath)
                .clusterName("trailsearch-local")
                .numOfNode(1)
                .pluginTypes(System.getProperty("plugins", ""))
                .useLogger());
        new CountDownLatch(1).await();
    }

    private static String name(int number) {
        return "Node " + number;
    }

    private static List<String> addresses(List<String> ports) {
        return ports.stream().map(port -> HOST + ":" + port).collect(Collectors.toList());
    }

    private static void close(OpenSearchRunner runner) {
        try {
            runner.close();
        } catch (java.io.IOException e) {
            System.err.println("closing the node: " + e);
        }
    }
}
