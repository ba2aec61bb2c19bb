package keycloak2fa;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A package uses only those before it in this list, so that there is no cycle among them. */
class PackagesTest {

    private static final List<String> ORDER = List.of(
            "state",
            "server",
            "login",
            "protocols",
            "realm",
            "run",
            "people",
            "metrics",
            "enforcement",
            "accounts",
            "verification",
            "about",
            "endpoints",
            "page");

    private static final Path SOURCES = Path.of("src/main/java/keycloak2fa");
    private static final Pattern USE = Pattern.compile("\\bkeycloak2fa\\.(\\w+)\\.[A-Z]");

    @Test
    void anArrowOnlyPointsBack() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<String> forward = files.filter(Files::isRegularFile)
                    .flatMap(PackagesTest::uses)
                    .distinct()
                    .toList();

            assertEquals(List.of(), forward);
        }
    }

    private static Stream<String> uses(Path file) {
        String from = file.getParent().getFileName().toString();
        return USE.matcher(read(file))
                .results()
                .map((MatchResult use) -> use.group(1))
                .filter(to -> !to.equals(from) && ORDER.indexOf(to) > ORDER.indexOf(from))
                .map(to -> from + " -> " + to);
    }

    private static String read(Path file) {
        try {
            // Names in texts are no uses: they are looked for on the server.
            return Files.readString(file).replaceAll("\"[^\"\\n]*\"", "");
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
    }
}
