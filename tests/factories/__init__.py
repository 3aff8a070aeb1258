"""Test objects that speak in traits: `CourseRequestFactory(submitted=True)`."""
