package keycloak2fa.about;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import keycloak2fa.server.Linkage;
import org.junit.jupiter.api.Test;

/**
 * Every class of Keycloak that the extension names and that is no public API of Keycloak's, each hidden in turn: what of
 * the extension is switched off then, and whether Keycloak still finds providers that it can load. What comes of it is the
 * table in docs/extension-internals.md; {@code -Dwrite-internals=true} writes it.
 */
class InternalsTest {

    private static final Path SERVICES = Path.of("src/main/resources/META-INF/services");
    private static final Path PAGE = Path.of("..", "docs", "extension-internals.md");

    private static final String BEGIN = "<!-- table: written by InternalsTest -->\n";
    private static final String END = "<!-- end of the table -->\n";

    /** Keycloak's modules that it keeps stable for extensions; the others are internal. */
    private static final Set<String> PUBLIC = Set.of("keycloak-core", "keycloak-common", "keycloak-server-spi");

    private static final String NO_START = "**Keycloak does not start with the jar**";

    /** Our own classes anew, on a server that lacks one class. */
    private static final class Without extends ClassLoader {

        private final String hidden;

        Without(String hidden) {
            super(InternalsTest.class.getClassLoader());
            this.hidden = hidden;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (name.equals(hidden)) {
                    throw new ClassNotFoundException(name);
                }
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                }
                return name.startsWith("keycloak2fa.") ? findClass(name) : super.loadClass(name, resolve);
            }
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] code = file.readAllBytes();
                return defineClass(name, code, 0, code.length);
            } catch (IOException error) {
                throw new ClassNotFoundException(name, error);
            }
        }
    }

    /** The classes that each part begins with; the endpoints are no part, since without them nobody can ask. */
    private static Map<String, String> roots() {
        Map<String, String> roots = new LinkedHashMap<>(Parts.roots());
        roots.put("endpoints", "keycloak2fa.endpoints.TwoFactorResourceProviderFactory");
        return roots;
    }

    private static Set<String> internals() throws IOException {
        Linkage here = new Linkage(InternalsTest.class.getClassLoader());
        Set<String> named = new TreeSet<>();
        for (String root : roots().values()) {
            named.addAll(here.names(root));
        }
        for (String factory : factories().keySet()) {
            named.addAll(here.names(factory));
        }
        return named.stream()
                .filter(name -> name.startsWith("org.keycloak."))
                .filter(name -> !PUBLIC.contains(module(name)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The name of a class's jar, without its version. */
    private static String module(String name) {
        try {
            String jar = Class.forName(name, false, InternalsTest.class.getClassLoader())
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .getPath();
            String file = jar.substring(jar.lastIndexOf('/') + 1);
            return file.substring(file.indexOf("keycloak-")).replaceFirst("-\\d.*", "");
        } catch (ClassNotFoundException error) {
            throw new IllegalStateException(error);
        }
    }

    /** Our providers' factories, each with the interface of Keycloak's that it is registered for. */
    private static Map<String, String> factories() throws IOException {
        Map<String, String> factories = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(SERVICES).sorted()) {
            for (Path file : files.toList()) {
                for (String factory : Files.readAllLines(file)) {
                    factories.put(factory, file.getFileName().toString());
                }
            }
        }
        return factories;
    }

    /** What becomes of the extension on a server without a class. */
    private static String consequence(String hidden) throws IOException {
        Without server = new Without(hidden);
        for (Map.Entry<String, String> factory : factories().entrySet()) {
            // Where a provider's interface or its factory's is gone, so is the SPI, and Keycloak asks for no factories.
            String provider = factory.getValue().replaceFirst("Factory$", "");
            Set<String> spi = Set.of(factory.getValue(), provider, provider + "Provider");
            if (!spi.contains(hidden) && !loads(server, factory.getKey())) {
                return NO_START;
            }
        }
        Linkage linkage = new Linkage(server);
        List<String> off = new ArrayList<>();
        roots().forEach((part, root) -> {
            if (linkage.missing(root).isPresent()) {
                off.add("`" + part + "`");
            }
        });
        return off.isEmpty() ? "nothing" : String.join(", ", off);
    }

    /** As Keycloak's own loader does it. */
    private static boolean loads(ClassLoader server, String factory) {
        try {
            Class.forName(factory, true, server).getConstructor().newInstance();
            return true;
        } catch (ReflectiveOperationException | LinkageError gone) {
            return false;
        }
    }

    private static String table() throws IOException {
        StringBuilder rows = new StringBuilder("| without | of | is off |\n| --- | --- | --- |\n");
        for (String hidden : internals()) {
            rows.append("| `%s` | %s | %s |%n".formatted(hidden, module(hidden), consequence(hidden)));
        }
        return rows.toString();
    }

    @Test
    void whatEachHiddenClassSwitchesOffStandsInTheDocs() throws IOException {
        String page = Files.readString(PAGE, StandardCharsets.UTF_8);
        int from = page.indexOf(BEGIN) + BEGIN.length();
        int to = page.indexOf(END);
        String table = table();
        if (Boolean.getBoolean("write-internals")) {
            Files.writeString(PAGE, page.substring(0, from) + table + page.substring(to));
            return;
        }

        assertEquals(page.substring(from, to), table);
    }

    @Test
    void onTheKeycloakItIsBuiltForNothingIsMissing() {
        Linkage here = new Linkage(InternalsTest.class.getClassLoader());

        roots().forEach((part, root) -> assertEquals(Optional.empty(), here.missing(root), part));
    }
}
