package keycloak2fa.server;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether a class of ours can run on this server: its byte code names classes, methods and fields of Keycloak and of the
 * libraries that Keycloak brings, and so does that of our other classes that it names. The Java Virtual Machine looks for
 * them when they are used, which may be in the middle of a login; this looks for all of them at once. The format is that
 * of the Java Virtual Machine Specification, 4.4 (The Constant Pool).
 */
public final class Linkage {

    private static final String OURS = "keycloak2fa/";

    /** The server's classes stay the same for as long as it runs. */
    private static final Map<String, Optional<String>> FOUND = new ConcurrentHashMap<>();

    private final ClassLoader loader;

    /** Looks among the classes of a loader. */
    public Linkage(ClassLoader loader) {
        this.loader = loader;
    }

    /** Whether a class of ours can run; it need not be loaded for that. */
    public static boolean works(String name) {
        return lacks(name).isEmpty();
    }

    /**
     * What a class of ours lacks on this server.
     *
     * @param name of the class, as {@link Class#getName}
     * @return the first thing that is missing, for a log; empty where nothing is
     */
    public static Optional<String> lacks(String name) {
        return FOUND.computeIfAbsent(name, new Linkage(Linkage.class.getClassLoader())::missing);
    }

    /** The same, of the loader's classes. */
    public Optional<String> missing(String name) {
        List<Pool> pools = pools(name);
        Stream<String> classes = names(pools).filter(named -> !isThere(named));
        Stream<String> members = pools.stream()
                .flatMap(pool -> pool.members().stream())
                .filter(member -> !member.owner().startsWith("java/") && !isThere(member))
                .map(member -> member.owner() + "." + member.name());
        return Stream.concat(classes, members).findFirst().map(thing -> thing.replace('/', '.'));
    }

    /** The classes that a class of ours needs, by itself and by others of ours: neither ours nor Java's own. */
    public Set<String> names(String name) {
        return names(pools(name)).map(named -> named.replace('/', '.')).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> names(List<Pool> pools) {
        return pools.stream()
                .flatMap(pool -> pool.classes().stream())
                .filter(named -> !named.startsWith(OURS) && !named.startsWith("java/"));
    }

    /** Of a class of ours, and of all others of ours that it leads to. */
    private List<Pool> pools(String name) {
        Deque<String> waiting = new ArrayDeque<>(List.of(name.replace('.', '/')));
        Set<String> seen = new HashSet<>(waiting);
        List<Pool> pools = new ArrayList<>();
        while (!waiting.isEmpty()) {
            Pool pool = read(waiting.remove());
            pools.add(pool);
            pool.classes().stream()
                    .filter(named -> named.startsWith(OURS) && seen.add(named))
                    .forEach(waiting::add);
        }
        return pools;
    }

    /** What a class file names. */
    private record Pool(List<String> classes, List<Member> members) {}

    /** A method or a field, with its type as a class file writes it. */
    private record Member(String owner, String name, String type) {

        boolean isMethod() {
            return type.startsWith("(");
        }
    }

    private boolean isThere(String internalName) {
        try {
            Class.forName(internalName.replace('/', '.'), false, loader);
            return true;
        } catch (ClassNotFoundException | LinkageError gone) {
            return false;
        }
    }

    private boolean isThere(Member member) {
        try {
            Class<?> owner = Class.forName(member.owner().replace('/', '.'), false, loader);
            return declares(owner, member) || (owner.isInterface() && declares(Object.class, member));
        } catch (ClassNotFoundException | LinkageError gone) {
            return false;
        }
    }

    private static boolean declares(Class<?> owner, Member member) {
        if (owner == null) {
            return false;
        }
        boolean own = member.isMethod()
                ? member.name().equals("<init>")
                        ? Arrays.stream(owner.getDeclaredConstructors())
                                .anyMatch(each -> type(void.class, each.getParameterTypes())
                                        .equals(member.type()))
                        : Arrays.stream(owner.getDeclaredMethods())
                                .filter(each -> each.getName().equals(member.name()))
                                .anyMatch(each -> type(each.getReturnType(), each.getParameterTypes())
                                        .equals(member.type()))
                : Arrays.stream(owner.getDeclaredFields())
                        .anyMatch(each -> each.getName().equals(member.name())
                                && each.getType().descriptorString().equals(member.type()));
        return own
                || declares(owner.getSuperclass(), member)
                || Arrays.stream(owner.getInterfaces()).anyMatch(each -> declares(each, member));
    }

    private static String type(Class<?> returned, Class<?>[] parameters) {
        return MethodType.methodType(returned, parameters).toMethodDescriptorString();
    }

    /** Where a class loader does not show the file, nothing is known to be missing. */
    private Pool read(String internalName) {
        try (InputStream file = loader.getResourceAsStream(internalName + ".class")) {
            return file == null ? new Pool(List.of(), List.of()) : read(new DataInputStream(file));
        } catch (IOException error) {
            throw new UncheckedIOException("The jar's class " + internalName + " cannot be read", error);
        }
    }

    /** Each entry begins with its tag; those of no interest here are passed over. */
    private static Pool read(DataInputStream file) throws IOException {
        file.skipNBytes(8);
        int count = file.readUnsignedShort();
        String[] texts = new String[count];
        int[][] entries = new int[count][];
        for (int i = 1; i < count; i++) {
            int tag = file.readUnsignedByte();
            switch (tag) {
                case 1 -> texts[i] = file.readUTF();
                case 7 -> entries[i] = new int[] {tag, file.readUnsignedShort()};
                case 9, 10, 11, 12 -> entries[i] = new int[] {tag, file.readUnsignedShort(), file.readUnsignedShort()};
                case 8, 16, 19, 20 -> file.skipNBytes(2);
                case 15 -> file.skipNBytes(3);
                case 3, 4, 17, 18 -> file.skipNBytes(4);
                case 5, 6 -> {
                    file.skipNBytes(8);
                    // A long or a double takes two places.
                    i++;
                }
                default -> throw new IOException("no such entry in a class file: " + tag);
            }
        }
        List<String> classes = new ArrayList<>();
        List<Member> members = new ArrayList<>();
        for (int[] entry : entries) {
            if (entry == null || entry[0] == 12) {
                continue;
            }
            if (entry[0] == 7) {
                element(texts[entry[1]]).ifPresent(classes::add);
                continue;
            }
            int[] nameAndType = entries[entry[2]];
            element(texts[entries[entry[1]][1]])
                    .ifPresent(owner -> members.add(new Member(owner, texts[nameAndType[1]], texts[nameAndType[2]])));
        }
        return new Pool(classes, members);
    }

    /** The class that an entry names; of an array that of its elements, and none where these are numbers. */
    private static Optional<String> element(String entry) {
        if (!entry.startsWith("[")) {
            return Optional.of(entry);
        }
        String element = entry.replace("[", "");
        return element.startsWith("L") ? Optional.of(element.substring(1, element.length() - 1)) : Optional.empty();
    }
}
