"""That neither public interface changes unannounced: each is written down, and compared."""
