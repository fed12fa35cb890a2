"""What an update would do: found by the engine or rendered, judged, told, and handed from job to job."""
