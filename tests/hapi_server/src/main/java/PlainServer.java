import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.annotation.OptionalParam;
import ca.uhn.fhir.rest.annotation.RequiredParam;
import ca.uhn.fhir.rest.annotation.Search;
import ca.uhn.fhir.rest.annotation.Sort;
import ca.uhn.fhir.rest.annotation.Transaction;
import ca.uhn.fhir.rest.annotation.TransactionParam;
import ca.uhn.fhir.rest.api.SortSpec;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.param.ReferenceParam;
import ca.uhn.fhir.rest.param.TokenOrListParam;
import ca.uhn.fhir.rest.param.TokenParam;
import ca.uhn.fhir.rest.server.FifoMemoryPagingProvider;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.provider.HashMapResourceProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IPrimitiveType;
import org.hl7.fhir.r4.model.AllergyIntolerance;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Condition;
import org.hl7.fhir.r4.model.Medication;
import org.hl7.fhir.r4.model.MedicationAdministration;
import org.hl7.fhir.r4.model.MedicationRequest;
import org.hl7.fhir.r4.model.MedicationStatement;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Procedure;

/** HAPI's plain server over resources in memory: prints its port and serves until it is ended. */
public class PlainServer {

  /** Resources of one type that are found by patient and code, as our prefetch asks for them. */
  public static class OfPatient<T extends IBaseResource> extends HashMapResourceProvider<T> {
    private final FhirContext context;

    public OfPatient(FhirContext context, Class<T> type) {
      super(context, type);
      this.context = context;
    }

    @Search
    public List<IBaseResource> find(
        @RequiredParam(name = "patient") ReferenceParam patient,
        @OptionalParam(name = "code") TokenOrListParam codes,
        @OptionalParam(name = "category") TokenOrListParam categories,
        @Sort SortSpec sort) {
      List<IBaseResource> found = new ArrayList<>();
      for (IBaseResource one : getStoredResources()) {
        if (isAbout(one, patient.getIdPart()) && has(one, "code", codes) && has(one, "category", categories)) found.add(one);
      }
      return found;
    }

    private boolean isAbout(IBaseResource one, String patient) {
      for (String member : List.of("subject", "patient")) {
        try {
          var named = context.newTerser().getValues(one, member + ".reference", IPrimitiveType.class);
          if (named.stream().anyMatch(it -> it.getValueAsString().endsWith("Patient/" + patient))) return true;
        } catch (ca.uhn.fhir.parser.DataFormatException error) {
          continue; // a type without this member
        }
      }
      return false;
    }

    private boolean has(IBaseResource one, String member, TokenOrListParam wanted) {
      if (wanted == null) return true;
      for (Coding coding : context.newTerser().getValues(one, member + ".coding", Coding.class)) {
        for (TokenParam token : wanted.getValuesAsQueryTokens()) {
          boolean system = token.getSystem() == null || token.getSystem().equals(coding.getSystem());
          if (system && token.getValue().equals(coding.getCode())) return true;
        }
      }
      return false;
    }
  }

  /** Puts every resource of a transaction where its request says; nothing else is known. */
  public static class Transactions {
    private final Map<String, HashMapResourceProvider<? extends IBaseResource>> providers;

    public Transactions(List<HashMapResourceProvider<? extends IBaseResource>> all, FhirContext context) {
      providers = all.stream().collect(Collectors.toMap(one -> context.getResourceType(one.getResourceType()), one -> one));
    }

    @Transaction
    public Bundle transaction(@TransactionParam Bundle asked, RequestDetails request) {
      Bundle answer = new Bundle().setType(Bundle.BundleType.TRANSACTIONRESPONSE);
      for (Bundle.BundleEntryComponent entry : asked.getEntry()) {
        put(entry.getResource(), request);
        answer.addEntry().getResponse().setStatus("200 OK");
      }
      return answer;
    }

    @SuppressWarnings("unchecked")
    private <T extends IBaseResource> void put(T resource, RequestDetails request) {
      var provider = (HashMapResourceProvider<T>) providers.get(resource.fhirType());
      if (provider == null) throw new InvalidRequestException("no resources of type " + resource.fhirType());
      provider.update(resource, null, request);
    }
  }

  public static void main(String[] arguments) throws Exception {
    FhirContext context = FhirContext.forR4();
    RestfulServer fhir = new RestfulServer(context);
    int page = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 250;
    fhir.setPagingProvider(new FifoMemoryPagingProvider(100).setDefaultPageSize(page).setMaximumPageSize(page == 250 ? 1000 : page));
    List<HashMapResourceProvider<? extends IBaseResource>> providers = List.of(
        new HashMapResourceProvider<>(context, Medication.class),
        new HashMapResourceProvider<>(context, Patient.class),
        new OfPatient<>(context, Condition.class),
        new OfPatient<>(context, Observation.class),
        new OfPatient<>(context, MedicationRequest.class),
        new OfPatient<>(context, MedicationStatement.class),
        new OfPatient<>(context, MedicationAdministration.class),
        new OfPatient<>(context, Procedure.class),
        new OfPatient<>(context, AllergyIntolerance.class));
    fhir.registerProviders(new ArrayList<>(providers));
    if (arguments.length == 0) fhir.registerProvider(new Transactions(providers, context));
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler handler = new ServletContextHandler("/");
    handler.addServlet(new ServletHolder(fhir), "/fhir/*");
    server.setHandler(handler);
    server.start();
    System.out.println(connector.getLocalPort());
    server.join();
  }
}
